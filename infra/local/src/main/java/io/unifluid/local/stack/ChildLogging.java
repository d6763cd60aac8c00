package io.unifluid.local.stack;

/** The log settings of the child processes: to standard output, which goes to the component's file. */
final class ChildLogging {
    /** On the class path. */
    static final String RESOURCE = "io/unifluid/local/child-logback.xml";

    private ChildLogging() {}
}
