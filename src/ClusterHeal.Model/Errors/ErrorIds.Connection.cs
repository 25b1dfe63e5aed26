namespace ClusterHeal;

/// <content>Connections and TLS, whatever the server is.</content>
public static partial class ErrorIds
{
    /// <summary>There is no saved connection of that name, or its name or file is not valid.</summary>
    public const string SavedConnectionNotUsable = "SavedConnectionNotUsable";

    /// <summary>A saved connection needs a password, and nobody is there to ask for it.</summary>
    public const string CredentialRequired = "CredentialRequired";

    /// <summary>Nothing listens at the address.</summary>
    public const string ConnectionRefused = "ConnectionRefused";

    /// <summary>The host name is not known, or no network leads to the address.</summary>
    public const string HostUnreachable = "HostUnreachable";

    /// <summary>The address did not answer in time.</summary>
    public const string ConnectionTimeout = "ConnectionTimeout";

    /// <summary>An open connection broke.</summary>
    public const string ConnectionLost = "ConnectionLost";

    /// <summary>The client used TLS, but the server does not.</summary>
    public const string TlsNotSpoken = "TlsNotSpoken";

    /// <summary>The client used plain text, but the server requires TLS.</summary>
    public const string TlsExpected = "TlsExpected";

    /// <summary>The TLS handshake failed for another reason.</summary>
    public const string TlsFailed = "TlsFailed";

    /// <summary>The server's certificate was not issued by a trusted CA.</summary>
    public const string CertificateUntrusted = "CertificateUntrusted";

    /// <summary>The server's certificate is expired, or not valid yet.</summary>
    public const string CertificateExpired = "CertificateExpired";

    /// <summary>The server's certificate is for other names.</summary>
    public const string CertificateNameMismatch = "CertificateNameMismatch";

    /// <summary>The server requires a client certificate, and none was given.</summary>
    public const string ClientCertificateRequired = "ClientCertificateRequired";

    /// <summary>The server does not accept the client certificate.</summary>
    public const string ClientCertificateRejected = "ClientCertificateRejected";

    /// <summary>A file does not contain the expected certificate or key.</summary>
    public const string CertificateFileInvalid = "CertificateFileInvalid";

    /// <summary>The private key does not belong to the certificate.</summary>
    public const string KeyMismatch = "KeyMismatch";

    /// <summary>The cryptography or the key store of this machine rejected a private key.</summary>
    public const string KeyStoreFailed = "KeyStoreFailed";
}
