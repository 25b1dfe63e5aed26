using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace ClusterHeal.Common;

/// <summary>
/// Creates files and folders that only their owner can open, from their first moment on. A permission that is taken away later does not help against
/// those who opened the file before. On Windows the system itself may open them, too. Administrators may not: they can take ownership, which leaves a
/// trace.
/// </summary>
internal static class OwnerOnly
{
    private const UnixFileMode ReadAndWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens a file, and creates it if the mode allows that. One that exists is opened as it is.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is opened.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static FileStream OpenFile(string path, FileStreamOptions options)
    {
        if (OperatingSystem.IsWindows()) return OpenWithAcl(path, options);
        options.UnixCreateMode = ReadAndWrite;
        return new FileStream(path, options);
    }

    /// <summary>Creates a folder unless it exists. What is created in it later is the owner's alone, too.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path)) return;
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path, ReadAndWrite | UnixFileMode.UserExecute);
            return;
        }

        var security = new DirectorySecurity();
        Restrict(security, InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit);
        security.CreateDirectory(path);
    }

    [SupportedOSPlatform("windows")]
    private static FileStream OpenWithAcl(string path, FileStreamOptions options)
    {
        var security = new FileSecurity();
        Restrict(security, InheritanceFlags.None);
        // Appending needs no right to read, and cannot change what is there.
        var rights = options.Mode == FileMode.Append ? FileSystemRights.AppendData
            : options.Access == FileAccess.Write ? FileSystemRights.Write
            : FileSystemRights.Read | FileSystemRights.Write;
        var mode = options.Mode == FileMode.Append ? FileMode.OpenOrCreate : options.Mode;
        var file = new FileInfo(path).Create(mode, rights | FileSystemRights.Synchronize, options.Share, Math.Max(1, options.BufferSize), options.Options, security);
        try
        {
            // This overload sets no space aside. A full disk is noticed early in any case.
            if (options.PreallocationSize > 0)
            {
                file.SetLength(options.PreallocationSize);
                file.SetLength(0);
            }
        }
        catch (IOException)
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
        return file;
    }

    [SupportedOSPlatform("windows")]
    private static void Restrict(FileSystemSecurity security, InheritanceFlags inheritance)
    {
        using var user = WindowsIdentity.GetCurrent();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        // For an elevated administrator the system would name the whole group as the owner.
        security.SetOwner(user.User!);
        foreach (var who in new[] { user.User!, new SecurityIdentifier(WellKnownSidType.LocalSystemSid, null) })
        {
            security.AddAccessRule(new FileSystemAccessRule(who, FileSystemRights.FullControl, inheritance, PropagationFlags.None, AccessControlType.Allow));
        }
    }
}
