using System.Globalization;
using System.Text;

namespace ClusterHeal.Kubernetes;

/// <summary>What an HTTP header may contain. Anything else is refused here, with its name; the framework would only say "format".</summary>
internal static class HeaderText
{
    /// <summary>Why a text cannot be sent as a header, such as <c>has a line break in it</c>; null if it can.</summary>
    /// <param name="text">The value of a header.</param>
    public static string? FaultOf(string text)
    {
        foreach (var c in text)
        {
            if (c is '\r' or '\n') return "has a line break in it";
            if (c is < ' ' or '\x7f') return $"has the control character U+{(int)c:X4} in it";
            if (c > '\x7f') return "has a character in it that is not ASCII";
        }

        return null;
    }

    /// <summary>The part of a header's name that may be any text, escaped as Kubernetes does it.</summary>
    /// <param name="text">The text.</param>
    public static string EscapeName(string text)
    {
        var name = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var isPlain = char.IsAsciiLetterOrDigit((char)b) || "!#$&'*+-.^_`|~".Contains((char)b);
            if (isPlain) name.Append((char)b);
            else name.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return name.ToString();
    }
}
