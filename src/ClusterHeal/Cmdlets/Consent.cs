namespace ClusterHeal.Cmdlets;

/// <summary>What the user said beforehand about being asked.</summary>
/// <param name="Force">The value of <c>-Force</c>.</param>
/// <param name="Confirm">The value of <c>-Confirm</c>, or null where it was not given.</param>
/// <param name="WhatIf">True where only a plan is wanted, by <c>-WhatIf</c> or by <c>$WhatIfPreference</c>.</param>
internal readonly record struct Consent(bool Force, bool? Confirm, bool WhatIf)
{
    /// <summary>True where a change needs no question: <c>-Force</c>, which beats neither <c>-WhatIf</c> nor a given <c>-Confirm</c>.</summary>
    public bool CoversChange => Force && Confirm is null && !WhatIf;

    /// <summary>True where even a forced breach of a safety rule needs no question: <c>-Force</c> and <c>-Confirm:$false</c> together.</summary>
    public bool CoversDanger => Force && Confirm is false && !WhatIf;
}
