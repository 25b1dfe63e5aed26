namespace ClusterHeal.Hosts;

/// <summary>The host did not open a channel.</summary>
/// <param name="reason">The reason, a number of RFC 4254 §5.1.</param>
/// <param name="description">The host's words.</param>
internal sealed class ChannelRefusedException(uint reason, string description) : Exception($"{Word(reason)}: {description}")
{
    // The words of ssh for them.
    private static string Word(uint reason) => reason switch
    {
        1 => "administratively prohibited",
        2 => "connect failed",
        3 => "unknown channel type",
        4 => "resource shortage",
        _ => "refused",
    };
}
