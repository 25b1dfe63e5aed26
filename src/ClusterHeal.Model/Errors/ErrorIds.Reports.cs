namespace ClusterHeal;

/// <content>Reports.</content>
public static partial class ErrorIds
{
    /// <summary>The ending of the report's file tells neither HTML nor JUnit XML.</summary>
    public const string ReportFormatUnknown = "ReportFormatUnknown";
}
