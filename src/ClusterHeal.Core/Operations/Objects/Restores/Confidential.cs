using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClusterHeal.Kubernetes;

namespace ClusterHeal.Operations;

/// <summary>Makes sure that no message repeats a part of an object that may be secret, such as a webhook's refusal that quotes it.</summary>
internal static class Confidential
{
    /// <summary>Where <c>kubectl apply</c> keeps the whole manifest, also that of a Secret.</summary>
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    private const int Window = 6, Shortest = 3;

    /// <summary>The message, or a replacement if it quotes the object.</summary>
    /// <param name="message">What a server said.</param>
    /// <param name="value">The object, as it was stored and decrypted.</param>
    /// <param name="isSecret">True for a Secret: its data are confidential. Of other objects all but the metadata are.</param>
    public static string Guard(string message, byte[] value, bool isSecret) =>
        Quotes(Encoding.UTF8.GetBytes(message), value, isSecret) ? "its answer is not shown here, since it repeats a part of the object" : message;

    private static bool Quotes(byte[] message, byte[] value, bool isSecret)
    {
        foreach (var part in Parts(value, isSecret))
        {
            foreach (var form in new[] { part, Encoding.ASCII.GetBytes(Convert.ToBase64String(part)) })
            {
                var length = Math.Min(Window, form.Length);
                if (length < Shortest) continue;
                for (var start = 0; start + length <= message.Length; start++)
                {
                    if (form.AsSpan().IndexOf(message.AsSpan(start, length)) >= 0) return true;
                }
            }
        }

        return false;
    }

    private static List<byte[]> Parts(byte[] value, bool isSecret)
    {
        List<byte[]> parts = [];
        var envelope = StorageEnvelope.Open(value);
        if (StorageMetadata.Read(envelope)?.Annotations.GetValueOrDefault(LastApplied) is { } applied) parts.Add(Encoding.UTF8.GetBytes(applied));
        if (envelope.Form == StoredObjectForm.Protobuf)
        {
            const int Data = 2, EntryValue = 2;
            if (isSecret) ProtobufFields.Collect(envelope.Body, [Data, EntryValue], parts);
            else parts.Add(ProtobufFields.Without(envelope.Body, [1]));
        }
        else
        {
            AddJson(envelope.Body, isSecret, parts);
        }

        return parts;
    }

    private static void AddJson(ReadOnlySpan<byte> json, bool isSecret, List<byte[]> parts)
    {
        try
        {
            foreach (var (name, node) in JsonFields.Parse(json))
            {
                if (isSecret && name is "data" or "stringData" && node is JsonObject data)
                {
                    foreach (var (_, text) in data) AddText((string?)text ?? "", parts);
                }
                else if (!isSecret && name is not ("metadata" or "kind" or "apiVersion"))
                {
                    parts.Add(Encoding.UTF8.GetBytes(node?.ToJsonString() ?? ""));
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // Then the whole message is.
            parts.Add(json.ToArray());
        }
    }

    private static void AddText(string text, List<byte[]> parts)
    {
        var bytes = new byte[text.Length];
        parts.Add(Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : Encoding.UTF8.GetBytes(text));
    }
}
