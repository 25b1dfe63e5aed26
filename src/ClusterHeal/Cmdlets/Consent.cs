using System.Management.Automation.Host;

namespace ClusterHeal.Cmdlets;

/// <summary>What the user said beforehand about questions, and whether there is a user to ask.</summary>
internal readonly record struct Consent
{
    /// <summary>The value of <c>-Force</c>.</summary>
    public required bool Force { get; init; }

    /// <summary>The value of <c>-Confirm</c>, or null if it was not given.</summary>
    public required bool? Confirm { get; init; }

    /// <summary>True if only a plan is wanted, by <c>-WhatIf</c> or by <c>$WhatIfPreference</c>.</summary>
    public required bool WhatIf { get; init; }

    /// <summary>True if the impact of the cmdlet reaches <c>$ConfirmPreference</c>, so that PowerShell asks about a change.</summary>
    public required bool AsksByItself { get; init; }

    /// <summary>False if the host can show a question but nobody is there to read it.</summary>
    public required bool UserPresent { get; init; }

    /// <summary>True if a change needs no question: <c>-Force</c>, unless <c>-WhatIf</c> or <c>-Confirm</c> is given.</summary>
    public bool CoversChange => Force && Confirm is null && !WhatIf;

    /// <summary>True if even a breach of a safety rule needs no question: <c>-Force</c> and <c>-Confirm:$false</c> together.</summary>
    public bool CoversDanger => Force && Confirm is false && !WhatIf;

    /// <summary>True if PowerShell would ask about a change without such a consent.</summary>
    public bool ChangeIsAsked => !WhatIf && (Confirm ?? AsksByItself);

    /// <summary>True if somebody can answer a question.</summary>
    /// <param name="host">The host of the session.</param>
    public static bool IsUserAt(PSHost host) =>
        // The console takes the end of a redirected input, or an empty line in it, as an answer, and the default answer is Yes.
        host.Name != "ConsoleHost" || !Console.IsInputRedirected;
}
