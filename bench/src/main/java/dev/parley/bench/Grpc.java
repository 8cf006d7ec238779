package dev.parley.bench;

import io.grpc.CallOptions;
import io.grpc.KnownLength;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Calls of grpc-java by its blocking stub, over one connection. The messages are two integers and one, as cheap as
 * generated protobuf code could be.
 */
final class Grpc {
    private static final MethodDescriptor<int[], Integer> ADD = MethodDescriptor.<int[], Integer>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("bench.Adder/add")
            .setRequestMarshaller(marshaller(new Arguments()))
            .setResponseMarshaller(marshaller(new Sum()))
            .build();

    private Grpc() {}

    static int serve(InetSocketAddress address, boolean direct) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address)
                .addService(ServerServiceDefinition.builder("bench.Adder")
                        .addMethod(ADD, ServerCalls.asyncUnaryCall((arguments, responses) -> {
                            responses.onNext(arguments[0] + arguments[1]);
                            responses.onCompleted();
                        }))
                        .build());
        if (direct) {
            builder.directExecutor();
        }
        return builder.build().start().getPort();
    }

    static CallsChild.Call client(String address, boolean direct) {
        NettyChannelBuilder builder = NettyChannelBuilder.forTarget(address).usePlaintext();
        if (direct) {
            builder.directExecutor();
        }
        ManagedChannel channel = builder.build();
        int[] arguments = {2, 3};
        return () -> ClientCalls.blockingUnaryCall(channel, ADD, CallOptions.DEFAULT, arguments);
    }

    private interface Codec<T> {
        byte[] encode(T value);

        T decode(ByteBuffer bytes);
    }

    private static final class Arguments implements Codec<int[]> {
        @Override
        public byte[] encode(int[] value) {
            return ByteBuffer.allocate(8).putInt(value[0]).putInt(value[1]).array();
        }

        @Override
        public int[] decode(ByteBuffer bytes) {
            return new int[] {bytes.getInt(), bytes.getInt()};
        }
    }

    private static final class Sum implements Codec<Integer> {
        @Override
        public byte[] encode(Integer value) {
            return ByteBuffer.allocate(4).putInt(value).array();
        }

        @Override
        public Integer decode(ByteBuffer bytes) {
            return bytes.getInt();
        }
    }

    private static final class Encoded extends ByteArrayInputStream implements KnownLength {
        Encoded(byte[] bytes) {
            super(bytes);
        }
    }

    private static <T> MethodDescriptor.Marshaller<T> marshaller(Codec<T> codec) {
        return new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(T value) {
                return new Encoded(codec.encode(value));
            }

            @Override
            public T parse(InputStream stream) {
                try {
                    return codec.decode(ByteBuffer.wrap(stream.readAllBytes()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }
}
