using ClusterHeal.Kubernetes;

namespace ClusterHeal.Tests.Kubernetes.Models;

/// <summary>Label selectors as kubectl takes them; the cases are those of the documentation of Kubernetes and of its parser.</summary>
public sealed class SelectorParserTests
{
    private static readonly Dictionary<string, string> Labels = new() { ["app"] = "web", ["env"] = "prod", ["example.com/tier"] = "", ["n"] = "5" };

    [Theory]
    [InlineData("", true)]
    [InlineData("  ", true)]
    [InlineData("app=web", true)]
    [InlineData("app==web , env = prod", true)]
    [InlineData("app=db", false)]
    [InlineData("app!=db", true)]
    [InlineData("none!=db", true)]
    [InlineData("app!=web", false)]
    [InlineData("env in (test, prod)", true)]
    [InlineData("env in(test)", false)]
    [InlineData("env notin (test)", true)]
    [InlineData("none notin (test)", true)]
    [InlineData("env notin (test,prod)", false)]
    [InlineData("app,example.com/tier", true)]
    [InlineData("none", false)]
    [InlineData("!none", true)]
    [InlineData("! app", false)]
    [InlineData("example.com/tier=", true)]
    [InlineData("n>4,n<6", true)]
    [InlineData("n>5", false)]
    [InlineData("in=x", false)]
    public void A_selector_matches_as_kubectl_has_it(string text, bool matches) => Assert.Equal(matches, SelectorParser.Parse(text).Matches(Labels));

    [Theory]
    [InlineData(",")]
    [InlineData("app=web,")]
    [InlineData("app web")]
    [InlineData("env in test")]
    [InlineData("env in (test")]
    [InlineData("=web")]
    [InlineData("app=we/b")]
    [InlineData("app=web)")]
    [InlineData("app*")]
    public void What_is_no_selector_is_an_error(string text)
    {
        var fault = Assert.Throws<ClusterHealException>(() => SelectorParser.Parse(text));
        Assert.Equal(ErrorIds.LabelSelectorNotValid, fault.ErrorId);
    }
}
