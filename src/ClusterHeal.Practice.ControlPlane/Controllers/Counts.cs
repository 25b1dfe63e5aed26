using System.Text.Json.Nodes;

namespace ClusterHeal.Practice.ControlPlane.Controllers;

/// <summary>The numbers of a workload's status.</summary>
internal static class Counts
{
    /// <summary>Numbers by name; those that may be left out are left out if they are 0.</summary>
    public static JsonObject Of(params ReadOnlySpan<(string Name, long Value, bool Always)> numbers)
    {
        var status = new JsonObject();
        foreach (var (name, value, always) in numbers)
        {
            if (always || value != 0) status[name] = value;
        }
        return status;
    }
}
