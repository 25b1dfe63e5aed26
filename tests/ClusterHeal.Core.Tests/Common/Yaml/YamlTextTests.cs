using System.Diagnostics;
using ClusterHeal.Common.Yaml;

namespace ClusterHeal.Tests.Common.Yaml;

public sealed class YamlTextTests
{
    private static readonly string[] Pieces =
        ["[", "]", "{", "}", "- ", "? ", ": ", "&a ", "*a", "<<: ", "!!str ", "!x ", "|\n", ">-\n", "\n", "  ", "\t", "\"", "'", "#", "%YAML 1.1\n", "---\n", "...\n", "\\", ",", "@", "`"];

    [Theory]
    [InlineData("alias5.kubeconfig")]
    [InlineData("alias7-etcd.yaml")]
    [InlineData("minimal-unforeseen.yaml")]
    public void A_text_that_unfolds_or_that_the_library_did_not_foresee_is_an_error_at_once(string name)
    {
        var text = File.ReadAllText(Fixture.PathOf($"yaml/{name}"));
        var clock = Stopwatch.StartNew();
        var fault = Assert.Throws<YamlFault>(() => YamlText.Load(text));
        Assert.True(fault.Place is { Line: > 0, Column: > 0 });
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a:\n b:\n  c:\n   ")]
    [InlineData("&a [*a,")]
    [InlineData("'")]
    [InlineData("!!")]
    [InlineData("a: b\n---\n")]
    public void A_text_of_300_KB_of_one_piece_ends_soon(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 300_000 / piece.Length));
        var clock = Stopwatch.StartNew();
        try
        {
            YamlText.Load(text);
        }
        catch (YamlFault)
        {
            // That it ends, and with nothing else, is what is tested.
        }

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
    }

    [Theory]
    [InlineData("a: b\0c", "line 1, column 5", "a NUL byte")]
    [InlineData("a: b\nc: \u0001", "line 2, column 4", "the control character U+0001")]
    [InlineData("a:\n\tb: c", "line 2, column 1", "tab")]
    [InlineData("a: *b", "line 1, column 4", "no anchor &b")]
    [InlineData("a: &b [*b]", "line 1, column 8", "contains itself")]
    [InlineData("<<: 5", "line 1, column 5", "takes a mapping")]
    [InlineData("? [a]\n: b", "line 1, column 3", "no text")]
    [InlineData("~: b", "line 1, column 1", "no text")]
    [InlineData("a: !!binary '%'", "line 1", "base64")]
    public void What_is_wrong_is_told_with_its_place(string text, string place, string says)
    {
        var fault = Assert.Throws<YamlFault>(() => YamlText.Load(text));
        Assert.StartsWith(place, fault.Place.ToString(), StringComparison.Ordinal);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a": "\u0041", "b": [1, 2]}""", """{"a":"A","b":[1,2]}""")]
    [InlineData("{\n\t\"a\": 1,\n\t\"b\":\t2\n}", """{"a":1,"b":2}""")]
    [InlineData("x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}", """{"x":{"a":1,"b":2},"y":{"a":1,"b":3}}""")]
    [InlineData("y: {b: 3, <<: {b: 2}}", """{"y":{"b":2}}""")]
    [InlineData("y: {<<: [{a: 1}, {a: 2, b: 2}]}", """{"y":{"a":1,"b":2}}""")]
    [InlineData("a: 1\na: 2", """{"a":2}""")]
    [InlineData("[yes, Off, y, ~, 'no', 1_000, 0x1F, 017, 0b11, 0o17, 1.5, 1e3, 1:30, 2020-01-01, !!str 1, !mine 1, !!int '3']",
        """[true,false,true,null,"no",1000,31,15,3,15,1.5,1000,"1:30","2020-01-01","1","1",3]""")]
    [InlineData("'<<': {a: 1}", """{"\u003C\u003C":{"a":1}}""")]
    [InlineData("a: b\n---\nc: [", """{"a":"b"}""")]
    [InlineData("a: !!binary aGk=", """{"a":"hi"}""")]
    public void It_is_read_as_kubectl_and_etcd_read_it(string text, string json) => Assert.Equal(json, YamlText.Load(text)!.ToJson()!.ToJsonString());

    [Fact]
    public void Texts_that_were_broken_in_any_way_end_in_a_fault_with_a_place_and_nothing_else()
    {
        var random = new Random(14);
        string[] seeds = [.. Directory.EnumerateFiles(Fixture.PathOf("kubeconfig")).Select(File.ReadAllText)];
        for (var i = 0; i < 4000; i++)
        {
            var text = seeds[i % seeds.Length];
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                var at = random.Next(text.Length + 1);
                text = random.Next(3) switch
                {
                    0 => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
                    1 => text[..at],
                    _ => text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at)),
                };
            }

            try
            {
                YamlText.Load(text);
            }
            catch (YamlFault fault)
            {
                Assert.True(fault.Place.Line > 0, text);
            }
        }
    }

    [Fact]
    public void Large_files_that_people_have_are_read()
    {
        var text = string.Concat(Enumerable.Range(0, 5000).Select(i => $"- name: c{i}\n  cluster: {{server: 'https://h{i}:6443', tls-server-name: x}}\n"));
        Assert.Equal(5000, YamlText.Load(text).Items().Count);
        Assert.Contains("4 MiB", Assert.Throws<YamlFault>(() => YamlText.Load(new string('a', YamlText.MaxLength + 1))).Message, StringComparison.Ordinal);
    }
}
