namespace ClusterHeal;

/// <content>Reports.</content>
public static partial class ErrorIds
{
    /// <summary>The extension of a report file stands for neither HTML, JUnit XML nor JSON.</summary>
    public const string ReportFormatUnknown = "ReportFormatUnknown";

    /// <summary>No report can be made of such an object.</summary>
    public const string ReportObjectUnknown = "ReportObjectUnknown";
}
