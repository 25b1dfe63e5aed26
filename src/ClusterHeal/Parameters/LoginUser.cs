using System.Management.Automation;
using ClusterHeal.Cmdlets;

namespace ClusterHeal.Parameters;

/// <summary>The user for the login, from a parameter, a credential, or both.</summary>
internal static class LoginUser
{
    /// <summary>The user, or null if neither names one. Two different names end the cmdlet: the password of one user must not be used for another.</summary>
    public static string? Of(string? userName, PSCredential? credential, PSCmdlet cmdlet)
    {
        if (userName is null || credential is null || userName == credential.UserName) return userName ?? credential?.UserName;
        var fault = new ClusterHealException(
            ErrorIds.SshUserAmbiguous,
            FaultCategory.InvalidArgument,
            $"-UserName is '{userName}' and the password of -SshCredential is that of '{credential.UserName}'. Nothing was sent.",
            credential.UserName,
            "Give the same user in both, or -SshCredential alone.");
        cmdlet.ThrowTerminatingError(ErrorRecords.From(fault));
        throw fault;
    }
}
