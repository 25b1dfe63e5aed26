namespace ClusterHeal.Practice.ControlPlane;

/// <summary>What a component of the control plane says: one line, on standard error.</summary>
internal static class Log
{
    public static void Write(string line) => Console.Error.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {line}");
}
