using System.Text;

namespace ClusterHeal.Fuzz;

/// <summary>Changes of texts that people, and those who mean harm, make: of lines, of words, and of the signs that YAML lives by.</summary>
internal static class TextMutation
{
    private static readonly string[] Words =
    [
        "&a", "*a", "<<: *a", "? ", "- ", ": ", "!!binary ", "!!str ", "!", "|", ">", "|-\n", "[", "{", "]", "}", "'", "\"", "#", "%", "@", "`", "\t", "\0",
        "\r", "\u2028", "\ud800", "\u001b[31m", "---\n", "...\n", "~", "null", "true", "yes", "0x10", "1e999", "-9223372036854775808", ".nan", "\\", "$(X)",
        "$X", "${X", "%H", "%%", "=", ",", "\\x00", "--data-dir", "--config-file=/etc/etcd/x", "ETCD_", "ExecStart=", "EnvironmentFile=-/etc/*", "\uFEFF",
    ];

    /// <summary>Makes a text out of others.</summary>
    public static string Make(IReadOnlyList<string> seeds, Random random, int longest)
    {
        var lines = seeds[random.Next(seeds.Count)].Split('\n').ToList();
        for (var changes = 1 + random.Next(4); changes > 0; changes--)
        {
            var at = random.Next(lines.Count);
            switch (random.Next(12))
            {
                case 0 when lines.Count > 1:
                    lines.RemoveAt(at);
                    break;
                case 1:
                    lines.Insert(at, lines[random.Next(lines.Count)]);
                    break;
                case 2:
                    lines[at] = new string(' ', random.Next(9)) + lines[at].TrimStart();
                    break;
                case 3:
                    var other = seeds[random.Next(seeds.Count)].Split('\n');
                    lines.Insert(at, other[random.Next(other.Length)]);
                    break;
                case 4:
                    // Nested deeper than any stack, if it may be so long.
                    lines[at] += string.Concat(Enumerable.Repeat(Words[random.Next(Words.Length)], 1 + random.Next(1 << random.Next(16))));
                    break;
                case 5 when lines[at].Length > 0:
                    var cut = random.Next(lines[at].Length);
                    lines[at] = lines[at][..cut];
                    break;
                default:
                    lines[at] = lines[at].Insert(random.Next(lines[at].Length + 1), Words[random.Next(Words.Length)]);
                    break;
            }
        }

        var text = string.Join('\n', lines);
        return text.Length <= longest ? text : text[..longest];
    }

    /// <summary>Its bytes in UTF-8.</summary>
    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
