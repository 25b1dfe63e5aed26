using System.Globalization;
using System.Management.Automation;

namespace ClusterHeal.Parameters;

/// <summary>
/// Takes a duration as people write it: <c>90s</c>, <c>10m</c>, <c>2h</c>, a <see cref="TimeSpan"/>, or a bare number of minutes. By itself
/// PowerShell would take a bare number for ten-millionths of a second, and <c>90s</c> without quotes for the number 90, of type Int16.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is TimeSpan) return value;
        // A number that was typed as an argument comes in a wrapper that knows how it was typed.
        var text = (inputData is PSObject ? inputData.ToString()! : string.Create(CultureInfo.InvariantCulture, $"{value}")).Trim();
        var unit = text.Length > 0 ? char.ToLowerInvariant(text[^1]) : ' ';
        var number = unit is 's' or 'm' or 'h' ? text[..^1] : text;
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var amount)) return inputData;
        var duration = unit switch
        {
            's' => TimeSpan.FromSeconds(amount),
            'h' => TimeSpan.FromHours(amount),
            _ => TimeSpan.FromMinutes(amount),
        };
        return duration >= TimeSpan.Zero
            ? duration
            : throw new ArgumentTransformationMetadataException($"'{text}' is no duration: it is below zero.");
    }
}
