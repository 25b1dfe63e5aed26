using System.Text;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>
/// Reads an environment file as systemd does (<c>EnvironmentFile=</c>; systemd.exec(5), its parse_env_file). A shell would read it differently:
/// nothing is expanded; a quote counts only at the beginning of a value or of a piece of it; after a closed quote more pieces may follow; a backslash
/// before the end of a line joins lines, except in a comment (since systemd 254).
/// </summary>
internal ref struct EnvironmentFile
{
    private readonly ReadOnlySpan<char> _text;
    private readonly List<EnvironmentVariable> _variables = [];
    private int _at;
    private int _line = 1;

    private EnvironmentFile(string text) => _text = text;

    /// <summary>Reads all assignments in their order. Of several with one name systemd uses the last.</summary>
    /// <param name="text">The text of the file.</param>
    public static IReadOnlyList<EnvironmentVariable> Parse(string text)
    {
        var file = new EnvironmentFile(text);
        while (file._at < text.Length) file.ReadLine();
        return file._variables;
    }

    private readonly bool AtEnd => _at == _text.Length;

    private void ReadLine()
    {
        SkipWhite(newlinesToo: true);
        if (AtEnd) return;
        if (_text[_at] is '#' or ';')
        {
            while (!AtEnd && !IsNewline(_text[_at])) _at++;
            return;
        }

        var line = _line;
        var name = new StringBuilder();
        while (!AtEnd && _text[_at] != '=' && !IsNewline(_text[_at])) name.Append(Take());
        if (AtEnd || _text[_at] != '=') return;
        _at++;
        _variables.Add(new EnvironmentVariable(name.ToString().TrimEnd(' ', '\t'), ReadValue(), line));
    }

    private string ReadValue()
    {
        var value = new StringBuilder();
        while (true)
        {
            SkipWhite(newlinesToo: false);
            if (AtEnd || IsNewline(_text[_at])) return value.ToString();
            if (_text[_at] is not ('\'' or '"')) return ReadBare(value);
            ReadQuoted(value, Take());
        }
    }

    /// <summary>Reads to the end of the line; quotes are ordinary characters here.</summary>
    private string ReadBare(StringBuilder value)
    {
        var end = value.Length; // Behind the last character that is kept: trailing white space goes, unless escaped.
        while (!AtEnd && !IsNewline(_text[_at]))
        {
            var c = Take();
            var escaped = c == '\\';
            if (escaped)
            {
                if (AtEnd) break;
                c = Take();
                if (IsNewline(c)) continue;
            }

            value.Append(c);
            if (escaped || c is not (' ' or '\t')) end = value.Length;
        }

        value.Length = end;
        return value.ToString();
    }

    /// <summary>Reads to the closing quote; without one, to the end of the file, as systemd does.</summary>
    private void ReadQuoted(StringBuilder value, char quote)
    {
        while (!AtEnd)
        {
            var c = Take();
            if (c == quote) return;
            if (c == '\\' && quote == '"' && !AtEnd)
            {
                c = Take();
                if (c == '\n') continue;
                if (c is not ('"' or '\\' or '`' or '$')) value.Append('\\');
            }

            value.Append(c);
        }
    }

    private char Take()
    {
        var c = _text[_at++];
        if (c == '\n') _line++;
        return c;
    }

    private void SkipWhite(bool newlinesToo)
    {
        while (!AtEnd && (_text[_at] is ' ' or '\t' || (newlinesToo && IsNewline(_text[_at])))) Take();
    }

    private static bool IsNewline(char c) => c is '\n' or '\r';
}
