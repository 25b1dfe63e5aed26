using System.Text;
using ClusterHeal.Kubernetes;
using Google.Protobuf;

namespace ClusterHeal.Tests.Kubernetes.Storage;

/// <summary>Values as API servers store them, and what nobody should have stored.</summary>
public sealed class StorageEnvelopeTests
{
    private const string Widget = """{"spec":{"kind":"no","metadata":{}},"kind":"Widget","apiVersion":"example.com/v1","metadata":{"name":"w","labels":{"a":"b"}}}""";

    [Theory]
    [InlineData("\ufeff" + Widget)]
    [InlineData("  \r\n" + Widget + "\n")]
    [InlineData(Widget)]
    public void JSON_is_read_whatever_stands_before_it(string text)
    {
        var envelope = StorageEnvelope.Open(Encoding.UTF8.GetBytes(text));
        Assert.Equal((StoredObjectForm.Json, "example.com/v1", "Widget"), (envelope.Form, envelope.ApiVersion, envelope.Kind));
        var metadata = StorageMetadata.Read(envelope)!;
        Assert.Equal(("w", "b"), (metadata.Name, metadata.Labels["a"]));
    }

    [Fact]
    public void JSON_that_nests_deeply_is_read()
    {
        const int Depth = 5000;
        var spec = new string('[', Depth) + new string(']', Depth);
        var text = """{"kind":"Widget","spec":SPEC,"metadata":{"name":"w"}}""".Replace("SPEC", spec, StringComparison.Ordinal);
        Assert.Equal("w", StorageMetadata.Read(StorageEnvelope.Open(Encoding.UTF8.GetBytes(text)))!.Name);
    }

    [Theory]
    [InlineData("k8s:enc:aescbc:v1:key1:", "aescbc:v1:key1", 0)]
    [InlineData("k8s:enc:aesgcm:v1:a.b-c:xyz", "aesgcm:v1:a.b-c", 3)]
    [InlineData("k8s:enc:kms:v2:vault::rest", "kms:v2:vault", 5)]
    public void An_encrypted_value_names_its_provider_and_key(string text, string encryption, int body)
    {
        var envelope = StorageEnvelope.Open(Encoding.UTF8.GetBytes(text));
        Assert.Equal((StoredObjectForm.Encrypted, encryption, body), (envelope.Form, envelope.Encryption, envelope.Body.Length));
        Assert.Null(envelope.Problem);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("k8s\u0001abc", "unknown version")]
    [InlineData("k8s", "unknown version")]
    [InlineData("k8s:enc:aescbc:v1", "names no provider and key")]
    [InlineData("k8s\0\u000a\u00ff", "cut short")]
    [InlineData("k8s\0", "names no kind")]
    [InlineData("k8s\0\u000a\u0009\u000a\u0002v1\u0012\u0003Pod", "cut short")]
    [InlineData("{\"kind\":\"Widget\",\"metadata\":7}", "without metadata")]
    [InlineData("{\"kind\":\"Widget\"", "is none")]
    [InlineData("{\"kind\":\"Widget\"} {}", "is none")]
    [InlineData("{\"kind\":7}", "names no kind")]
    [InlineData("{}", "names no kind")]
    [InlineData("plain", "neither")]
    [InlineData("\u00d9\u00d9\u00f7\u00a0", "neither")]
    public void What_is_no_object_is_said_and_not_read(string latin, string problem)
    {
        var envelope = StorageEnvelope.Open(Encoding.Latin1.GetBytes(latin));
        Assert.Equal(StoredObjectForm.Unknown, envelope.Form);
        Assert.Contains(problem, envelope.Problem, StringComparison.Ordinal);
        Assert.Null(StorageMetadata.Read(envelope));
    }

    [Fact]
    public void A_value_that_was_cut_anywhere_is_never_half_read()
    {
        var whole = Value("nginx", annotation: new string('x', 300));
        var sound = StorageMetadata.Read(StorageEnvelope.Open(whole))!;
        Assert.Equal(("nginx", 300, 7L), (sound.Name, sound.Annotations["note"].Length, sound.Generation));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), sound.CreationTimestamp);
        for (var length = 0; length < whole.Length; length++)
        {
            // The last two fields, which are empty, may be missing: 4 bytes.
            var metadata = StorageMetadata.Read(StorageEnvelope.Open(whole.AsSpan(0, length)));
            Assert.True(metadata is null || (length >= whole.Length - 4 && metadata.Name == "nginx"), $"cut at {length}");
        }
    }

    [Theory]
    [InlineData(0xFFFF_FFFF_FFFF_FFFF)]
    [InlineData(0x7FFF_FFFF_FFFF_FFFF)]
    [InlineData(253_402_300_800)]
    public void A_time_that_no_calendar_has_is_damage(ulong seconds) =>
        Assert.Equal(seconds == ulong.MaxValue, StorageMetadata.Read(StorageEnvelope.Open(Value("x", seconds: seconds))) is not null);

    /// <summary>A Pod as the server writes it, by the library's own writer.</summary>
    internal static byte[] Value(string name, string annotation = "n", ulong? seconds = null)
    {
        var created = Message(o =>
        {
            o.WriteTag(1, WireFormat.WireType.Varint);
            o.WriteUInt64(seconds ?? 1767323045);
        });
        var note = Message(o => Text(o, 1, "note", 2, annotation));
        var metadata = Message(o =>
        {
            Text(o, 1, name);
            o.WriteTag(7, WireFormat.WireType.Varint);
            o.WriteInt64(7);
            Bytes(o, 8, created);
            Bytes(o, 12, note);
        });
        var pod = Message(o => Bytes(o, 1, metadata));
        var type = Message(o => Text(o, 1, "v1", 2, "Pod"));
        return [.. "k8s\0"u8, .. Message(o =>
        {
            Bytes(o, 1, type);
            Bytes(o, 2, pod);
            Text(o, 3, "", 4, "");
        })];
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using var output = new CodedOutputStream(stream);
        write(output);
        output.Flush();
        return stream.ToArray();
    }

    private static void Text(CodedOutputStream output, params object[] fields)
    {
        foreach (var pair in fields.Chunk(2))
        {
            output.WriteTag((int)pair[0], WireFormat.WireType.LengthDelimited);
            output.WriteString((string)pair[1]);
        }
    }

    private static void Bytes(CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(message));
    }
}
