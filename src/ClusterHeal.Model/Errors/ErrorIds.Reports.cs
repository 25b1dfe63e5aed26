namespace ClusterHeal;

/// <content>Reports.</content>
public static partial class ErrorIds
{
    /// <summary>The ending of the report's file tells neither HTML nor JUnit XML nor JSON.</summary>
    public const string ReportFormatUnknown = "ReportFormatUnknown";

    /// <summary>There is no report of such an object.</summary>
    public const string ReportObjectUnknown = "ReportObjectUnknown";
}
