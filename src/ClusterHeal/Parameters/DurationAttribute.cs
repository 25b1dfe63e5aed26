using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>
/// Accepts a duration as people write it: <c>90s</c>, <c>5min</c>, <c>1h30m</c>, <c>1d</c>, a <see cref="TimeSpan"/>, or a number of seconds without
/// a unit. Without this, PowerShell would read a plain number as ten-millionths of a second, and <c>90s</c> without quotes as the number 90, of type
/// Int16.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        DurationText.Read(inputData, TimeSpan.FromSeconds(1), "seconds") ?? inputData;
}
