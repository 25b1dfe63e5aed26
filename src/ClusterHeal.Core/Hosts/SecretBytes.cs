using System.Runtime.InteropServices;
using System.Security;
using System.Text;

namespace ClusterHeal.Hosts;

/// <summary>A password for a program's input.</summary>
internal static class SecretBytes
{
    /// <summary>The password and a line end, in UTF-8. The caller overwrites it with zeros after it is sent.</summary>
    public static byte[] Of(SecureString secret)
    {
        var pointer = Marshal.SecureStringToGlobalAllocUnicode(secret);
        var characters = new char[secret.Length + 1];
        try
        {
            Marshal.Copy(pointer, characters, 0, secret.Length);
            characters[^1] = '\n';
            return Encoding.UTF8.GetBytes(characters);
        }
        finally
        {
            Array.Clear(characters);
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }
}
