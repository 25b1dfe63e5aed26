namespace ClusterHeal.Practice;

/// <summary>
/// Something that the practice environment needs is missing on this machine, or one of its parts did not do as it should. The message
/// is one sentence for the person at the keyboard, with what to do about it.
/// </summary>
public sealed class PracticeException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="innerException">The cause, if one exists.</param>
    public PracticeException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
