package dev.parley.interop.broker;

import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.notification.Failure;
import org.junit.runner.notification.RunListener;

/**
 * A program that runs test classes of JUnit 4. It prints a line for each test, {@code passed NAME} or
 * {@code failed NAME: why}, and {@code done} at last.
 */
final class Junit4Runner extends RunListener {
    private boolean failed;

    public static void main(String[] classes) throws ClassNotFoundException {
        JUnitCore core = new JUnitCore();
        core.addListener(new Junit4Runner());
        for (String name : classes) {
            core.run(Class.forName(name));
        }
        System.out.println("done");
        System.exit(0); // Clients leave threads behind.
    }

    @Override
    public void testStarted(Description test) {
        failed = false;
    }

    @Override
    public void testFailure(Failure failure) {
        failed = true;
        System.out.println("failed " + name(failure.getDescription()) + ": " + failure.getException());
    }

    @Override
    public void testAssumptionFailure(Failure failure) {
        failed = true;
    }

    @Override
    public void testFinished(Description test) {
        if (!failed) {
            System.out.println("passed " + name(test));
        }
    }

    private static String name(Description test) {
        return test.getTestClass().getSimpleName() + "." + test.getMethodName();
    }
}
