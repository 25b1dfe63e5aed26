namespace ClusterHeal.Practice.Tour;

/// <summary>What came out of a command of the tour.</summary>
/// <param name="Command">The command as shown.</param>
/// <param name="Records">Its objects.</param>
/// <param name="Faults">Its errors.</param>
internal sealed record TourResult(string Command, IReadOnlyList<object> Records, IReadOnlyList<ClusterHealException> Faults)
{
    /// <summary>Its objects, which have to be of one type, at least one, and without an error.</summary>
    public IReadOnlyList<T> All<T>()
    {
        TourStage.Expect(Faults.Count == 0, $"'{Command}' succeeds");
        var records = Records.OfType<T>().ToList();
        TourStage.Expect(records.Count > 0, $"'{Command}' gives at least one {typeof(T).Name}");
        return records;
    }

    /// <summary>Its one object.</summary>
    public T One<T>()
    {
        var records = All<T>();
        TourStage.Expect(records.Count == 1, $"'{Command}' gives one {typeof(T).Name}");
        return records[0];
    }
}
