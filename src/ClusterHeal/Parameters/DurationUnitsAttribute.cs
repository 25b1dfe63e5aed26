using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>
/// Accepts a duration, too, for a parameter that counts units and has the unit in its name: <c>-TimeoutSec 5min</c> is <c>-TimeoutSec 300</c>. A part
/// of a unit counts as a whole one.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class DurationUnitsAttribute : ArgumentTransformationAttribute
{
    private readonly TimeSpan _unit;
    private readonly string _unitName;

    /// <summary>Accepts durations for a parameter that counts this unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="unitName">Its name in the plural.</param>
    private protected DurationUnitsAttribute(TimeSpan unit, string unitName) => (_unit, _unitName) = (unit, unitName);

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        DurationText.Read(inputData, _unit, _unitName) is { } duration ? (long)Math.Ceiling(duration / _unit) : inputData;
}

/// <summary>Accepts a duration for a parameter that counts seconds.</summary>
public sealed class SecondsAttribute() : DurationUnitsAttribute(TimeSpan.FromSeconds(1), "seconds");

/// <summary>Accepts a duration for a parameter that counts days.</summary>
public sealed class DaysAttribute() : DurationUnitsAttribute(TimeSpan.FromDays(1), "days");
