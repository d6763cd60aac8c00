package io.unifluid.inference.ort;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The system's dynamic loader, asked by a library's bare name: it searches where it would for ONNX Runtime in this
 * process (LD_LIBRARY_PATH as it was at the start, then the system's folders) and says what it misses.
 */
@SuppressWarnings("restricted") // native code is what this is about
final class NativeLibraries {
    private static final int RTLD_LAZY = 1;

    private NativeLibraries() {}

    /** The loader's functions; all are found before one is called, since finding one forgets the last error. */
    private static final class Loader {
        static final MethodHandle OPEN = function(
                "dlopen", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        static final MethodHandle SYMBOL =
                function("dlsym", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        static final MethodHandle ERROR = function("dlerror", FunctionDescriptor.of(ValueLayout.ADDRESS));

        private static MethodHandle function(String name, FunctionDescriptor type) {
            var linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup()
                            .find(name)
                            .orElseThrow(() -> new IllegalStateException("this system has no " + name)),
                    type);
        }
    }

    /** A library that is loaded, for as long as the process lives. */
    record Loaded(MemorySegment handle) {
        /**
         * A function of it.
         *
         * @throws IllegalStateException when it has none of this name
         */
        MethodHandle function(String name, FunctionDescriptor type) throws Throwable {
            try (Arena arena = Arena.ofConfined()) {
                var address = (MemorySegment) Loader.SYMBOL.invokeExact(handle, arena.allocateFrom(name));
                if (address.equals(MemorySegment.NULL)) {
                    throw new IllegalStateException("it has no function " + name);
                }
                return Linker.nativeLinker().downcallHandle(address, type);
            }
        }
    }

    /** Why this library cannot be loaded, in the loader's words; empty when it can be. */
    static Optional<String> problem(String name) {
        try {
            load(name);
            return Optional.empty();
        } catch (Throwable e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** @throws IllegalStateException with the loader's words when it cannot be loaded */
    static Loaded load(String name) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            var handle = (MemorySegment) Loader.OPEN.invokeExact(arena.allocateFrom(name), RTLD_LAZY);
            if (handle.equals(MemorySegment.NULL)) {
                var words = (MemorySegment) Loader.ERROR.invokeExact();
                throw new IllegalStateException(
                        words.equals(MemorySegment.NULL)
                                ? "it cannot be loaded"
                                : words.reinterpret(Long.MAX_VALUE).getString(0));
            }
            return new Loaded(handle);
        }
    }
}
