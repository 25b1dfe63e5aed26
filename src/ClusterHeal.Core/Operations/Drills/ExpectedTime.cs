using System.Globalization;

namespace ClusterHeal.Operations.Drills;

/// <summary>When something is expected, and why then.</summary>
/// <param name="Earliest">The earliest moment.</param>
/// <param name="Latest">The latest moment.</param>
/// <param name="Basis">What it was computed from.</param>
internal sealed record ExpectedTime(TimeSpan Earliest, TimeSpan Latest, string Basis)
{
    public static ExpectedTime AtOnce { get; } = new(TimeSpan.Zero, TimeSpan.Zero, "at once");

    /// <summary>At any moment up to a latest one.</summary>
    public static ExpectedTime Within(TimeSpan latest, string basis) => new(TimeSpan.Zero, latest, basis);

    /// <summary>This time, and another one after it.</summary>
    public ExpectedTime Then(ExpectedTime next) => new(Earliest + next.Earliest, Latest + next.Latest, $"{Basis} + {next.Basis}");

    /// <summary>The same with a tolerance for measuring from outside.</summary>
    public ExpectedTime With(TimeSpan tolerance) => new(
        Earliest > tolerance ? Earliest - tolerance : TimeSpan.Zero, Latest + tolerance, $"{Basis} ± {Text(tolerance)}");

    /// <summary>Seconds as written in a basis: <c>12.5 s</c>.</summary>
    public static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s");
}
