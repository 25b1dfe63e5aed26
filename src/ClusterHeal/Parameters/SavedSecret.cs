using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using ClusterHeal.Cmdlets;

namespace ClusterHeal.Parameters;

/// <summary>Gets a password that a saved connection needs: from SecretManagement, if that is installed and has it, otherwise from the user.</summary>
/// <param name="cmdlet">The cmdlet that needs it.</param>
/// <param name="clusterName">The cluster.</param>
/// <param name="connectionName">The name of the saved connection.</param>
internal sealed class SavedSecret(PSCmdlet cmdlet, string clusterName, string connectionName)
{
    /// <summary>The password. Without one, the cmdlet ends.</summary>
    /// <param name="kind">What it is for: login, sudo or key.</param>
    /// <param name="user">The user, or the key file.</param>
    public SecureString Ask(string kind, string? user)
    {
        var name = $"ClusterHeal-{connectionName}-{kind}";
        if (FromVault(name) is { } kept) return kept;
        try
        {
            var given = !Consent.IsUserAt(cmdlet.Host) ? null : cmdlet.Host.UI.PromptForCredential("ClusterHeal", $"The {kind} password of cluster '{clusterName}'", user ?? "", "");
            if (given is { Password.Length: > 0 }) return given.Password;
        }
        catch (Exception e) when (e is PSInvalidOperationException or HostException)
        {
            // Nobody is there to ask.
        }

        var fault = new ClusterHealException(
            ErrorIds.CredentialRequired,
            FaultCategory.Authentication,
            $"The saved connection '{connectionName}' needs its {kind} password, and none was given. Nothing was connected to.",
            connectionName,
            $"Give it as a parameter ({(kind == "key" ? "-KeyPassphrase" : kind == "sudo" ? "-SudoCredential" : "-SshCredential")}), or keep it in SecretManagement: Set-Secret {name}.");
        cmdlet.ThrowTerminatingError(ErrorRecords.From(fault));
        throw fault;
    }

    private SecureString? FromVault(string name)
    {
        if (cmdlet.InvokeCommand.GetCommand("Get-Secret", CommandTypes.Cmdlet | CommandTypes.Function) is null) return null;
        var found = cmdlet.InvokeCommand.InvokeScript("param($name) Get-Secret -Name $name -ErrorAction Ignore", name);
        return found.LastOrDefault()?.BaseObject switch
        {
            SecureString secret => secret,
            PSCredential credential => credential.Password,
            _ => null,
        };
    }
}
