using ClusterHeal.Help;

if (args is not [var assembly, var pages, var output])
{
    Console.Error.WriteLine("Usage: ClusterHeal.Help <path of ClusterHeal.dll> <folder of the pages> <folder to write to>");
    return 2;
}

var commands = CommandReader.Read(assembly);
var book = HelpBook.Read(pages, commands);
foreach (var fault in book.Faults) Console.Error.WriteLine(fault);
if (book.Faults.Count > 0) return 1;

book.Write(output, Path.GetFileName(assembly));
return 0;
