using System.Management.Automation;
using ClusterHeal.Cmdlets;

namespace ClusterHeal.Tests.Cmdlets;

public sealed class ErrorRecordsTests
{
    [Fact]
    public void Every_category_of_the_engine_has_one_of_PowerShell_and_no_two_share_it()
    {
        var mapped = Enum.GetValues<FaultCategory>().Select(c => ErrorRecords.CategoryOf(new ClusterHealException("Id", c, "m"))).ToList();
        Assert.DoesNotContain(ErrorCategory.NotSpecified, mapped);
        Assert.Distinct(mapped);
    }

    [Fact]
    public void A_fault_of_the_engine_is_taken_as_it_is()
    {
        var fault = new ClusterHealException(ErrorIds.PathExists, FaultCategory.AlreadyExists, "m");
        Assert.Same(fault, ErrorRecords.AsFault(fault));
    }

    [Fact]
    public void Anything_else_is_Unexpected_and_keeps_its_cause()
    {
        var cause = new FormatException("bad");
        var fault = ErrorRecords.AsFault(new AggregateException(cause));
        Assert.Equal(ErrorIds.Unexpected, fault.ErrorId);
        Assert.Same(cause, fault.InnerException);
        Assert.Contains("bad", fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Remedy);
        Assert.Equal(ErrorCategory.NotSpecified, ErrorRecords.CategoryOf(fault));
    }
}
