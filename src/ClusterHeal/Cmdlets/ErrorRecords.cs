using System.Management.Automation;

namespace ClusterHeal.Cmdlets;

/// <summary>Makes every <see cref="ErrorRecord"/> of the module.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of a failure: its id, category and target, and what to do next as the recommended action.</summary>
    public static ErrorRecord From(Exception failure)
    {
        var fault = AsFault(failure);
        return new ErrorRecord(fault, fault.ErrorId, CategoryOf(fault), fault.Target)
        {
            ErrorDetails = new ErrorDetails(fault.Message) { RecommendedAction = fault.Remedy ?? string.Empty },
        };
    }

    /// <summary>The failure itself if the engine made it. An unexpected one becomes <see cref="ErrorIds.Unexpected"/>.</summary>
    public static ClusterHealException AsFault(Exception failure)
    {
        if (failure is ClusterHealException fault) return fault;
        var cause = failure is AggregateException { InnerExceptions: [var only] } ? only : failure;
        return new ClusterHealException(
            ErrorIds.Unexpected,
            FaultCategory.InvalidOperation,
            $"A failure that ClusterHeal did not foresee: {cause.Message} ({cause.GetType().Name})",
            remedy: "Read the details with Get-Error and report them: ClusterHeal should have named the cause itself.",
            innerException: cause);
    }

    /// <summary>The error of a change that needs a yes when there is nobody to ask.</summary>
    /// <param name="target">What would be changed.</param>
    /// <param name="consent">What the user said beforehand. The advice names what is missing.</param>
    /// <param name="isDanger">True if a safety rule would be broken; for this -Force alone is no consent.</param>
    /// <param name="noAnswer">What the host threw when it was asked to prompt, or null.</param>
    public static ErrorRecord ConfirmationRequired(string target, Consent consent, bool isDanger, Exception? noAnswer) =>
        From(new ClusterHealException(
            ErrorIds.ConfirmationRequired,
            FaultCategory.InvalidOperation,
            $"This needs a confirmation and there is no user to ask, so it was not done: {target}",
            target,
            "Look at the plan with -WhatIf first"
                + (isDanger
                    ? consent.Force
                        ? ". To allow even this without a question, add -Confirm:$false to -Force."
                        : ". It breaks a rule of safety: to allow it without a question takes both, -Force and -Confirm:$false."
                    : consent.Confirm == true
                        ? ", then leave out -Confirm, which asks in any case, and add -Force."
                        : ", then add -Confirm:$false or -Force."),
            noAnswer));

    /// <summary>PowerShell's category for a fault.</summary>
    public static ErrorCategory CategoryOf(ClusterHealException fault) => fault.ErrorId == ErrorIds.Unexpected
        ? ErrorCategory.NotSpecified
        : fault.Category switch
        {
            FaultCategory.InvalidArgument => ErrorCategory.InvalidArgument,
            FaultCategory.InvalidData => ErrorCategory.InvalidData,
            FaultCategory.InvalidOperation => ErrorCategory.InvalidOperation,
            FaultCategory.NotFound => ErrorCategory.ObjectNotFound,
            FaultCategory.AlreadyExists => ErrorCategory.ResourceExists,
            FaultCategory.Connection => ErrorCategory.ConnectionError,
            FaultCategory.PermissionDenied => ErrorCategory.PermissionDenied,
            FaultCategory.Authentication => ErrorCategory.AuthenticationError,
            FaultCategory.Security => ErrorCategory.SecurityError,
            FaultCategory.Timeout => ErrorCategory.OperationTimeout,
            FaultCategory.ResourceExhausted => ErrorCategory.LimitsExceeded,
            FaultCategory.NotReady => ErrorCategory.ResourceUnavailable,
            FaultCategory.VerificationFailed => ErrorCategory.InvalidResult,
            FaultCategory.NotSupported => ErrorCategory.NotImplemented,
            _ => ErrorCategory.NotSpecified,
        };
}
