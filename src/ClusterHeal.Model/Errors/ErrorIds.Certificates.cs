namespace ClusterHeal;

/// <content>Renewals of certificates.</content>
public static partial class ErrorIds
{
    /// <summary>Certificates cannot be renewed in the present state of the hosts. Nothing was touched.</summary>
    public const string CertificateRenewalRefused = "CertificateRenewalRefused";

    /// <summary>No certificate was renewed: a component did not work with its new ones, and has its former ones again.</summary>
    public const string CertificateRenewalPutBack = "CertificateRenewalPutBack";

    /// <summary>Some certificates were renewed and others not. The same command continues.</summary>
    public const string CertificateRenewalUnfinished = "CertificateRenewalUnfinished";
}
