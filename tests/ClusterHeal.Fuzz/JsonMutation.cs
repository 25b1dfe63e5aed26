using System.Text;
using System.Text.Json.Nodes;

namespace ClusterHeal.Fuzz;

/// <summary>JSON of the right form with wrong things in it: absent, null, of another type, huge, or deep.</summary>
internal static class JsonMutation
{
    /// <summary>Makes an answer out of others.</summary>
    public static byte[] Make(IReadOnlyList<string> seeds, Random random, int longest)
    {
        var root = JsonNode.Parse(seeds[random.Next(seeds.Count)])!;
        if (root["items"] is JsonArray items)
        {
            while (items.Count > 2) items.RemoveAt(random.Next(items.Count));
        }

        for (var changes = 1 + random.Next(4); changes > 0; changes--) Change(root, random);
        var bytes = Encoding.UTF8.GetBytes(root.ToJsonString());
        if (random.Next(8) == 0) ByteMutation.Change(bytes, random);
        return bytes.Length <= longest ? bytes : bytes[..longest];
    }

    private static void Change(JsonNode root, Random random)
    {
        var node = root;
        while (true)
        {
            switch (node)
            {
                case JsonObject { Count: > 0 } fields:
                    var name = fields.ElementAt(random.Next(fields.Count)).Key;
                    if (fields[name] is { } child and (JsonObject or JsonArray) && random.Next(5) > 0)
                    {
                        node = child;
                        continue;
                    }

                    if (random.Next(4) == 0) fields.Remove(name);
                    else fields[name] = Another(random);
                    return;
                case JsonArray { Count: > 0 } list:
                    var at = random.Next(list.Count);
                    if (list[at] is { } item and (JsonObject or JsonArray) && random.Next(5) > 0)
                    {
                        node = item;
                        continue;
                    }

                    if (random.Next(4) == 0) list.RemoveAt(at);
                    else list[at] = Another(random);
                    return;
                default:
                    return;
            }
        }
    }

    private static JsonNode? Another(Random random) => random.Next(13) switch
    {
        0 => null,
        1 => "",
        2 => "\u001b[31m\0\u202e",
        3 => -1,
        4 => long.MaxValue,
        5 => 1e300,
        6 => true,
        7 => new JsonArray(),
        8 => new JsonObject(),
        9 => new JsonArray(null, null),
        10 => "0001-01-01T00:00:00Z",
        11 => "9999-12-31T23:59:59.9999999Z",
        _ => Deep(random.Next(200)),
    };

    private static JsonNode Deep(int depth)
    {
        JsonNode node = new JsonArray();
        for (var i = 0; i < depth; i++) node = new JsonArray(node);
        return node;
    }
}
