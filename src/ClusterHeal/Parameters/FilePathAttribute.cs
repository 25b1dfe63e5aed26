using System.Collections;
using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>
/// Makes the value of a parameter the full path of a file, or of several, when it is bound: relative to PowerShell's location, which is not the
/// location of the process, and with its drives and <c>~</c>. The file does not have to exist, and wildcards are not expanded.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FilePathAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is string) return Full(engineIntrinsics.SessionState, value);
        return value is IEnumerable list ? list.Cast<object>().Select(item => Full(engineIntrinsics.SessionState, item)).ToArray() : inputData;
    }

    private static object Full(SessionState session, object item) =>
        (item is PSObject wrapped ? wrapped.BaseObject : item) is string { Length: > 0 } path ? Resolve(session, path) : item;

    private static string Resolve(SessionState session, string path)
    {
        try
        {
            return SessionPaths.Full(session, path);
        }
        catch (ClusterHealException fault)
        {
            throw new ArgumentTransformationMetadataException(fault.Message, fault);
        }
    }
}
