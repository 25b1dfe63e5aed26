using System.Buffers.Binary;
using System.Text;
using Renci.SshNet;

namespace ClusterHeal.Hosts;

/// <summary>The key file that a user named. ssh ignores one that it cannot read and tries others; here it is an error.</summary>
internal static class KeyFile
{
    private const int MostBytes = 64 << 10;

    /// <summary>Throws unless the file is there and is a private key, or a public key, which tells ssh which key of the agent to use.</summary>
    /// <exception cref="HostShellException">It is not.</exception>
    public static void Check(HostConnection connection)
    {
        if (connection.KeyFilePath is not { } path) return;
        try
        {
            if (Directory.Exists(path)) throw Invalid(connection, "is a folder");
            var text = Text(path);
            if (!IsPrivate(text) && !IsPublic(text)) throw Invalid(connection, "is no SSH key");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new HostShellException(
                ErrorIds.SshKeyFileNotFound,
                FaultCategory.NotFound,
                $"{connection}: the key file '{path}' is not there. Nothing was run there.",
                connection.HostName,
                "Check -KeyFilePath.",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(connection, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>True if SSH.NET can log in with the file: a private key that has no passphrase, is in no hardware, and has no certificate.</summary>
    public static bool IsReadHere(string path)
    {
        try
        {
            using var key = new PrivateKeyFile(path);
            // ssh also offers the certificate beside a key.
            return !File.Exists(path + "-cert.pub");
        }
        catch (Exception e) when (IsOfAnotherForm(e))
        {
            return false;
        }
    }

    /// <summary>
    /// True if a passphrase protects the private key, as its text says. SSH.NET does not say it for every form: for one that it cannot open without a
    /// passphrase, its error says that a parameter is null.
    /// </summary>
    public static bool IsLocked(string path)
    {
        var text = Text(path);
        if (text.StartsWith("PuTTY-User-Key-File-", StringComparison.Ordinal)) return !text.Contains("\nEncryption: none", StringComparison.Ordinal);
        return Cipher(text) is { } cipher
            ? cipher != "none"
            : text.Contains("ENCRYPTED PRIVATE KEY-----", StringComparison.Ordinal) || text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal);
    }

    /// <summary>True if this exception of SSH.NET says that it cannot read a key file. The parsers that it uses throw exceptions of many types.</summary>
    public static bool IsOfAnotherForm(Exception exception) => exception is not UnauthorizedAccessException;

    /// <summary>The error of a key file that cannot be used.</summary>
    public static HostShellException Invalid(HostConnection connection, string what, Exception? cause = null) => new(
        ErrorIds.SshKeyFileInvalid,
        FaultCategory.InvalidData,
        $"{connection}: the key file '{connection.KeyFilePath}' {what}. Nothing was run there.",
        connection.HostName,
        "Give the private key with -KeyFilePath. No other key was tried.",
        cause);

    /// <summary>The error of a key file that a passphrase protects.</summary>
    public static HostShellException Locked(HostConnection connection, string what, Exception? cause = null) => new(
        ErrorIds.SshKeyPassphrase,
        FaultCategory.Authentication,
        $"{connection}: the key file '{connection.KeyFilePath}' {what}. Nothing was run there.",
        connection.HostName,
        "Give the passphrase with -KeyPassphrase, or load the key into the agent (ssh-add) and use -SshTransport OpenSsh.",
        cause);

    private static string Text(string path)
    {
        var content = new char[MostBytes];
        using var reader = File.OpenText(path);
        return new string(content, 0, reader.ReadBlock(content));
    }

    // OpenSSH's own form: "openssh-key-v1", a zero, the length of the cipher's name, the name. (OpenSSH PROTOCOL.key)
    private static string? Cipher(string text)
    {
        const int NameAt = 19, Most = 64;
        if (text.Split("-----BEGIN OPENSSH PRIVATE KEY-----") is not [_, var body, ..]) return null;
        var base64 = string.Concat(body.Split('\n', StringSplitOptions.TrimEntries).SkipWhile(line => line.Length == 0).TakeWhile(line => line is not ['-', ..]));
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || length < NameAt + Most) return null;
        var nameLength = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(NameAt - sizeof(int)));
        return nameLength is > 0 and <= Most ? Encoding.ASCII.GetString(bytes, NameAt, nameLength) : null;
    }

    private static bool IsPrivate(string text) =>
        (text.Contains("-----BEGIN ", StringComparison.Ordinal) && text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        || text.Contains("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", StringComparison.Ordinal)
        || text.StartsWith("PuTTY-User-Key-File-", StringComparison.Ordinal);

    // The line of a public key is a known_hosts line without the host.
    private static bool IsPublic(string text) => KnownHostsLine.Parse("* " + text.Split('\n')[0].TrimEnd('\r')) is not null;
}
