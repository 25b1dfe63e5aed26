using System.Net;
using System.Reflection;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace ClusterHeal.Tests.Hosts;

/// <summary>What a cmdlet puts out is kept, sent and printed by its users (Export-Clixml writes every public property), so it holds no credential.</summary>
public sealed partial class NoCredentialInOutputTests
{
    // etcd's name for the name of a cluster; it lets nobody in.
    private const string NotSecret = "InitialClusterToken";

    private static readonly Type[] Secrets = [typeof(SecureString), typeof(ICredentials), typeof(X509Certificate), typeof(AsymmetricAlgorithm)];

    [Fact]
    public void No_public_member_of_the_model_can_hold_one()
    {
        var types = typeof(HostConnection).Assembly.GetExportedTypes();
        Assert.Contains(typeof(ComponentStatus), types);
        var found =
            from type in types
            from member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
            let value = (member as PropertyInfo)?.PropertyType ?? (member as FieldInfo)?.FieldType
            where value is not null && !type.IsEnum && !(member is FieldInfo { IsLiteral: true })
            where Secrets.Any(secret => Holds(value, secret)) || (Name().IsMatch(member.Name) && Holds(value, typeof(string)))

            where member.Name != NotSecret
            select $"{member.DeclaringType!.Name}.{member.Name}";
        Assert.Empty(found);
    }

    [Fact]
    public void The_text_of_a_connection_names_no_password()
    {
        var connection = new HostConnection { HostName = "h", SudoPassword = Secure("canary"), LoginPassword = Secure("canary") };
        Assert.DoesNotContain("canary", $"{connection} {System.Text.Json.JsonSerializer.Serialize(connection)}", StringComparison.Ordinal);
    }

    private static SecureString Secure(string text) => new NetworkCredential("", text).SecurePassword;

    private static bool Holds(Type type, Type secret) =>
        secret.IsAssignableFrom(type)
        || (type.IsArray && Holds(type.GetElementType()!, secret))
        || type.GetGenericArguments().Any(argument => Holds(argument, secret));

    [GeneratedRegex("Password|Passphrase|Secret|Token|Credential|PrivateKey", RegexOptions.IgnoreCase)]
    private static partial Regex Name();
}
