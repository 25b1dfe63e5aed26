using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ClusterHeal.Hosts;

/// <summary>
/// One script as it is sent to a host: the command for the login shell, the text that then goes to standard input, and the marks that separate its
/// output from everything else.
/// </summary>
/// <remarks>
/// <c>sh -s</c> would be simpler and is not used, for two reasons. It runs a text line by line as it arrives: if a broken connection cuts the text in
/// two, the first half is run. And dash reads ahead, so nothing can follow the text on standard input. Here the shell takes exactly the text, as one
/// piece, and what follows can be a file's content. The command is the same in every login shell (sh, csh, fish): it has single quotes, and in them
/// no quote, backslash or <c>!</c>.
/// </remarks>
internal sealed class ScriptText
{

    /// <summary>Makes the text.</summary>
    /// <param name="script">The script.</param>
    /// <param name="sudo">True to run it as root.</param>
    /// <param name="withPassword">True if sudo may ask for a password.</param>
    public ScriptText(HostScript script, bool sudo, bool withPassword)
    {
        var arguments = string.Concat(script.Arguments.Select(argument => " " + ShellQuote.Quote(argument)));
        Text = Encoding.UTF8.GetBytes(
            $$"""
            main() {
            {{script.Body.TrimEnd()}}
            }
            LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export LC_ALL PATH; umask 077
            ( main{{arguments}} )
            printf '\n%s %d\n' '{{Token}}.' "$?"

            """);
        Prompt = Token + "?";
        Ready = Encoding.ASCII.GetBytes(Token + " ");
        ReadyOnErrors = Token + "\n";
        End = Encoding.ASCII.GetBytes($"\n{Token}. ");
        var shell = string.Create(
            CultureInfo.InvariantCulture,
            $"sh -c 'echo {Token} $$; echo {Token} >&2; eval \"$(dd bs={Text.Length} count=1 iflag=fullblock 2>/dev/null)\"'");
        // -k: if a password is given, sudo neither uses remembered credentials nor remembers new ones.
        var asRoot = withPassword ? $"sudo -k -S -p {Prompt} -- " : "sudo -n -- ";
        Command = sudo ? "env LC_ALL=C " + asRoot + shell : shell;
    }

    /// <summary>A word that nobody can guess, in the command line of the script's shell.</summary>
    public string Token { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>The command for the login shell. It has nothing of the script.</summary>
    public string Command { get; }

    /// <summary>What goes to standard input when the shell has said that it is ready.</summary>
    public byte[] Text { get; }

    /// <summary>How sudo asks for the password, on standard error.</summary>
    public string Prompt { get; }

    /// <summary>What the shell prints when it is ready for the text. The number of its process and a line end follow.</summary>
    public byte[] Ready { get; }

    /// <summary>What it then prints to standard error.</summary>
    public string ReadyOnErrors { get; }

    /// <summary>The mark after the output, before the exit code.</summary>
    public byte[] End { get; }
}
