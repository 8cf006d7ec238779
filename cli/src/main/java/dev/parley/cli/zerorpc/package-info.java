/**
 * {@code parley zerorpc}: the command line of Python's zerorpc 0.6.3, so that scripts written for it run unchanged.
 * {@link dev.parley.cli.zerorpc.ZerorpcCommand} is where it starts.
 *
 * <p>Everything that Python's own library decides is kept apart, one class each: {@code OptionReader} reads options as
 * argparse does, {@code PrettyPrinter} and {@code PythonText} print values as pprint and repr do, {@code PythonJson}
 * reads and writes JSON as the json module does, {@code TimeModule} is what the module time offers.
 */
@NullMarked
package dev.parley.cli.zerorpc;

import org.jspecify.annotations.NullMarked;
