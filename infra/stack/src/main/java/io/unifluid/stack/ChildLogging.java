package io.unifluid.stack;

/** The log settings of the child processes: to standard output, which goes to the component's file. */
final class ChildLogging {
    /** On the class path. */
    static final String RESOURCE = "io/unifluid/stack/child-logback.xml";

    private ChildLogging() {}
}
