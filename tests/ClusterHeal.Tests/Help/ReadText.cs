using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ClusterHeal.Tests.Help;

/// <summary>What people read of a file. Everything else in it is blanked, so that each word keeps its line.</summary>
internal static partial class ReadText
{
    /// <summary>A page without its code.</summary>
    public static string OfMarkdown(string text) => Code().Replace(text, code => Blank(code.Value));

    /// <summary>The texts of string literals of a C# file, and its comments.</summary>
    public static string OfCSharp(string text)
    {
        var root = CSharpSyntaxTree.ParseText(text).GetRoot();
        var spans = root.DescendantTokens().Where(IsText).Select(token => token.Span)
            .Concat(root.DescendantTrivia().Where(IsComment).Select(trivia => trivia.FullSpan));
        var read = Blank(text).ToCharArray();
        foreach (var span in spans) text.CopyTo(span.Start, read, span.Start, span.Length);
        return new string(read);
    }

    /// <summary>The comments of a shell script.</summary>
    public static string OfShell(string text) => NotAComment().Replace(text, line => Blank(line.Value));

    private static bool IsText(SyntaxToken token) => token.Kind() is
        SyntaxKind.StringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
        or SyntaxKind.InterpolatedStringTextToken;

    private static bool IsComment(SyntaxTrivia trivia) => trivia.Kind() is
        SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
        or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;

    private static string Blank(string text) => NotALineBreak().Replace(text, " ");

    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^(?![ \t]*#).*", RegexOptions.Multiline)]
    private static partial Regex NotAComment();

    [GeneratedRegex(@"[^\n]")]
    private static partial Regex NotALineBreak();
}
