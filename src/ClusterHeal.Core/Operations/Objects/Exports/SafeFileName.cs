using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ClusterHeal.Operations;

/// <summary>
/// Makes file names from the names of objects, different ones for different names on every file system. Lower-case letters, digits, '-', '_' and
/// inner dots stay; every other byte of the name in UTF-8 becomes '%' and two hexadecimal digits, as in a URL: names of roles may have colons,
/// upper-case letters and nearly everything else.
/// </summary>
internal static class SafeFileName
{
    /// <summary>File systems allow 255 bytes. The writer may add an extension, and a temporary one.</summary>
    private const int Longest = 200;

    private static readonly HashSet<string> WindowsDevices =
    [
        "con", "prn", "aux", "nul", .. Enumerable.Range(0, 10).SelectMany(number => new[] { $"com{number}", $"lpt{number}" }),
    ];

    /// <summary>The file name of a name, without an extension.</summary>
    public static string Of(string name)
    {
        var safe = new StringBuilder();
        var bytes = Encoding.UTF8.GetBytes(name);
        for (var i = 0; i < bytes.Length; i++)
        {
            var letter = (char)bytes[i];
            var isInner = i > 0 && i < bytes.Length - 1;
            if (char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' || (letter is '_' && i > 0) || (letter is '.' && isInner)) safe.Append(letter);
            else safe.Append(CultureInfo.InvariantCulture, $"%{bytes[i]:X2}");
        }

        // Windows reads the part before the first dot as the name of a device.
        if (WindowsDevices.Contains($"{safe}".Split('.')[0])) safe.Remove(0, 1).Insert(0, string.Create(CultureInfo.InvariantCulture, $"%{bytes[0]:X2}"));
        return safe.Length <= Longest ? $"{safe}" : $"{safe.ToString(0, Longest - 34)}%~{Convert.ToHexString(SHA256.HashData(bytes), 0, 16)}";
    }
}
