using System.Management.Automation.Host;

namespace ClusterHeal.Cmdlets;

/// <summary>What the user said beforehand about being asked, and whether there is a user to ask.</summary>
internal readonly record struct Consent
{
    /// <summary>The value of <c>-Force</c>.</summary>
    public required bool Force { get; init; }

    /// <summary>The value of <c>-Confirm</c>, or null where it was not given.</summary>
    public required bool? Confirm { get; init; }

    /// <summary>True where only a plan is wanted, by <c>-WhatIf</c> or by <c>$WhatIfPreference</c>.</summary>
    public required bool WhatIf { get; init; }

    /// <summary>True where the impact of the cmdlet reaches <c>$ConfirmPreference</c>, so that a change is asked about by itself.</summary>
    public required bool AsksByItself { get; init; }

    /// <summary>False where the host can show a question and nobody is there to read it.</summary>
    public required bool UserPresent { get; init; }

    /// <summary>True where a change needs no question: <c>-Force</c>, which beats neither <c>-WhatIf</c> nor a given <c>-Confirm</c>.</summary>
    public bool CoversChange => Force && Confirm is null && !WhatIf;

    /// <summary>True where even a forced breach of a safety rule needs no question: <c>-Force</c> and <c>-Confirm:$false</c> together.</summary>
    public bool CoversDanger => Force && Confirm is false && !WhatIf;

    /// <summary>True where PowerShell would ask about a change that is not covered.</summary>
    public bool ChangeIsAsked => !WhatIf && (Confirm ?? AsksByItself);

    /// <summary>True where somebody can answer a question.</summary>
    /// <param name="host">The host of the session.</param>
    public static bool IsUserAt(PSHost host) =>
        // The console takes the end of a redirected input, or an empty line in it, for an answer, and the default answer is Yes.
        host.Name != "ConsoleHost" || !Console.IsInputRedirected;
}
