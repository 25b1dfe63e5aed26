using System.Net;
using System.Security;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace ClusterHeal.Hosts;

/// <summary>
/// What is offered to a host: keys, and a password by the two methods that ask for one. The password is sent once: if a host refused it by one
/// method, it would count the other as a second wrong password.
/// </summary>
internal sealed class SshNetCredentials : IDisposable
{
    private readonly HostConnection _connection;
    private readonly List<PrivateKeyFile> _keys = [];
    private readonly List<AuthenticationMethod> _methods = [];

    /// <summary>Reads the keys.</summary>
    /// <exception cref="HostShellException">A key cannot be used, or there is nothing to log in with.</exception>
    public SshNetCredentials(HostConnection connection, SshNetLogin login)
    {
        _connection = connection;
        try
        {
            _keys.AddRange(login.KeyFiles.Select(ReadKey).OfType<PrivateKeyFile>());
            if (_keys.Count > 0) _methods.Add(new PrivateKeyAuthenticationMethod(login.UserName, [.. _keys]));
            if (connection.LoginPassword is { } password) AddPassword(login.UserName, password);
            if (_methods.Count == 0) throw NothingToOffer();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The methods, in the order in which they are tried.</summary>
    public AuthenticationMethod[] Methods => [.. _methods];

    /// <summary>True if the host has been given the password.</summary>
    public bool IsPasswordSent { get; private set; }

    /// <summary>What the host asked for besides a password, such as a one-time code; null if nothing.</summary>
    public string? Unanswered { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var method in _methods) method.Dispose();
        foreach (var key in _keys) key.Dispose();
    }

    // A default key that cannot be read (another format, a passphrase) is ignored, as ssh does without a terminal. A named one is not.
    private PrivateKeyFile? ReadKey(string path)
    {
        var passphrase = _connection.KeyPassphrase is { } secret ? new NetworkCredential("", secret).Password : null;
        try
        {
            return new PrivateKeyFile(path, passphrase);
        }
        catch (Exception) when (_connection.KeyFilePath is null)
        {
            return null;
        }
        catch (Exception e) when (e is SshPassPhraseNullOrEmptyException || (e is not NotSupportedException && KeyFile.IsOfAnotherForm(e) && KeyFile.IsLocked(path)))
        {
            throw KeyFile.Locked(_connection, passphrase is null ? "needs a passphrase" : "does not open with this passphrase", e);
        }
        catch (Exception e) when (KeyFile.IsOfAnotherForm(e))
        {
            throw KeyFile.Invalid(_connection, $"is of a form that SSH.NET does not read, or damaged ({e.Message})", e);
        }
    }

    private void AddPassword(string userName, SecureString password)
    {
        var bytes = SecretBytes.Of(password)[..^1];
        _methods.Add(new Once(this, new PasswordAuthenticationMethod(userName, bytes)) { SendsPassword = true });
        var byQuestions = new KeyboardInteractiveAuthenticationMethod(userName);
        byQuestions.AuthenticationPrompt += (_, e) =>
        {
            foreach (var prompt in e.Prompts) prompt.Response = Answer(prompt, password);
        };
        _methods.Add(new Once(this, byQuestions));
    }

    private string Answer(AuthenticationPrompt prompt, SecureString password)
    {
        if (prompt.IsEchoed || IsPasswordSent || !prompt.Request.Contains("password", StringComparison.OrdinalIgnoreCase))
        {
            Unanswered = prompt.Request.Trim();
            return "";
        }

        IsPasswordSent = true;
        return new NetworkCredential("", password).Password;
    }

    private HostShellException NothingToOffer() => new(
        ErrorIds.SshAuthenticationFailed,
        FaultCategory.Authentication,
        $"{_connection}: there is no key and no password to log in with. Nothing was run there.",
        _connection.HostName,
        "Give -KeyFilePath or -SshCredential; keys of an agent are used with -SshTransport OpenSsh.");

    /// <summary>A method that is left out after the password was sent.</summary>
    private sealed class Once(SshNetCredentials credentials, AuthenticationMethod method) : AuthenticationMethod(method.Username)
    {
        public bool SendsPassword { get; init; }

        public override string Name => method.Name;

        public override AuthenticationResult Authenticate(Session session)
        {
            if (credentials.IsPasswordSent) return AuthenticationResult.Failure;
            credentials.IsPasswordSent = SendsPassword;
            var result = method.Authenticate(session);
            AllowedAuthentications = method.AllowedAuthentications;
            return result;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) method.Dispose();
            base.Dispose(disposing);
        }
    }
}
