using System.Text;

namespace ClusterHeal.Etcd.Configuration;

/// <summary>
/// Reads a line of a POSIX shell that starts one program: assignments, then words. Whatever else a shell can do (pipes, lists, substitutions,
/// patterns, parameters of a script) is not understood, and the result says so.
/// </summary>
internal sealed class ShellLine
{
    private const string NotUnderstood = ";|&<>()`*?{}!\n";
    private readonly string _line;
    private readonly Dictionary<string, string> _environment;
    private readonly List<string> _words = [];
    private readonly StringBuilder _word = new();
    private bool _hasWord;
    private bool _isBare = true;
    private int _at;

    private ShellLine(string line, IReadOnlyDictionary<string, string> environment) =>
        (_line, _environment) = (line, new Dictionary<string, string>(environment, StringComparer.Ordinal));

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="environment">The variables.</param>
    /// <returns>The words of the program that takes the shell's place or is its only child, and its variables; null if the line is not understood.</returns>
    public static (IReadOnlyList<string> Words, IReadOnlyDictionary<string, string> Environment)? Parse(
        string line, IReadOnlyDictionary<string, string> environment)
    {
        var shell = new ShellLine(line.Trim(), environment);
        if (!shell.Read()) return null;
        if (shell._words is ["exec", ..]) shell._words.RemoveAt(0);
        return shell._words is [] or [['-', ..], ..] ? null : (shell._words, shell._environment);
    }

    private bool Read()
    {
        while (_at < _line.Length)
        {
            var c = _line[_at];
            if (c is ' ' or '\t')
            {
                End();
                _at++;
            }
            else if (!_hasWord && c is '#' or '~')
            {
                return false;
            }
            else if (!ReadPiece(c))
            {
                return false;
            }
        }

        End();
        return true;
    }

    private bool ReadPiece(char c)
    {
        // A word whose name is quoted, or comes from a variable, is no assignment.
        if (c is '\'' or '"' or '\\' or '$' && !_word.ToString().Contains('=', StringComparison.Ordinal)) _isBare = false;
        switch (c)
        {
            case '\'':
                var close = _line.IndexOf('\'', _at + 1);
                if (close < 0) return false;
                Append(_line[(_at + 1)..close]);
                _at = close + 1;
                return true;
            case '"':
                _at++;
                return ReadQuoted();
            case '\\' when _at + 1 < _line.Length:
                Append(_line[(_at + 1)..(_at + 2)]);
                _at += 2;
                return true;
            case '$':
                return ReadVariable(isQuoted: false);
            default:
                if (NotUnderstood.Contains(c)) return false;
                Append(c.ToString());
                _at++;
                return true;
        }
    }

    private bool ReadQuoted()
    {
        Append("");
        while (_at < _line.Length && _line[_at] != '"')
        {
            var c = _line[_at];
            if (c == '`') return false;
            if (c == '$')
            {
                if (!ReadVariable(isQuoted: true)) return false;
                continue;
            }

            if (c == '\\' && _at + 1 < _line.Length && _line[_at + 1] is '$' or '`' or '"' or '\\') c = _line[++_at];
            Append(c.ToString());
            _at++;
        }

        return _at++ < _line.Length;
    }

    private bool ReadVariable(bool isQuoted)
    {
        var rest = _line.AsSpan(_at + 1);
        if (rest is ['(', ..]) return !isQuoted && SkipSubstitution();
        var inBraces = rest is ['{', ..];
        var start = _at + (inBraces ? 2 : 1);
        var end = start;
        while (end < _line.Length && (char.IsAsciiLetterOrDigit(_line[end]) || _line[end] == '_')) end++;
        if (end == start || char.IsAsciiDigit(_line[start]) || (inBraces && (end == _line.Length || _line[end] != '}'))) return false;
        var value = _environment.GetValueOrDefault(_line[start..end], "");
        _at = inBraces ? end + 1 : end;
        if (isQuoted || IsAssignment())
        {
            Append(value);
            return true;
        }

        // Without quotes a value is split, and its patterns match files.
        if (value.AsSpan().IndexOfAny("*?[") >= 0) return false;
        string[] pieces = value.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < pieces.Length; i++)
        {
            if (i > 0 || char.IsWhiteSpace(value[0])) End();
            Append(pieces[i]);
        }

        if (value.Length > 0 && char.IsWhiteSpace(value[^1])) End();
        return true;
    }

    /// <summary>The output of a command is not known. That does not matter if it goes into a variable that is not etcd's.</summary>
    private bool SkipSubstitution()
    {
        if (!IsAssignment() || _word.ToString().StartsWith("ETCD_", StringComparison.Ordinal)) return false;
        var close = _line.IndexOf(')', _at);
        if (close < 0 || _line.AsSpan(_at + 2, close - _at - 2).IndexOfAny("(`'\"") >= 0) return false;
        _at = close + 1;
        return true;
    }

    private bool IsAssignment()
    {
        var equals = _word.ToString().IndexOf('=', StringComparison.Ordinal);
        return _isBare && equals > 0 && _words.Count == 0
            && new EnvironmentVariable(_word.ToString()[..equals], "", 0).IsValid;
    }

    private void Append(string text)
    {
        _word.Append(text);
        _hasWord = true;
    }

    private void End()
    {
        var word = _word.ToString();
        if (IsAssignment()) _environment[word[..word.IndexOf('=', StringComparison.Ordinal)]] = word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..];
        else if (_hasWord) _words.Add(word);
        _word.Clear();
        (_hasWord, _isBare) = (false, true);
    }
}
