/* xmlrpc_server PORT: the server of xmlrpc-c (Abyss), on the loopback interface. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <xmlrpc-c/base.h>
#include <xmlrpc-c/server.h>
#include <xmlrpc-c/server_abyss.h>

static xmlrpc_value *add(xmlrpc_env *env, xmlrpc_value *params, void *info, void *call) {
    xmlrpc_int a, b;
    (void)info;
    (void)call;
    xmlrpc_decompose_value(env, params, "(ii)", &a, &b);
    return env->fault_occurred ? NULL : xmlrpc_build_value(env, "i", a + b);
}

static xmlrpc_value *fail(xmlrpc_env *env, xmlrpc_value *params, void *info, void *call) {
    const char *text;
    (void)info;
    (void)call;
    xmlrpc_decompose_value(env, params, "(s)", &text);
    if (!env->fault_occurred) {
        xmlrpc_env_set_fault(env, 7, text);
        free((void *)text);
    }
    return NULL;
}

int main(int argc, char **argv) {
    xmlrpc_env env;
    xmlrpc_server_abyss_parms parms;
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct xmlrpc_method_info3 add_info = {.methodName = "add", .methodFunction = add};
    struct xmlrpc_method_info3 fail_info = {.methodName = "fail", .methodFunction = fail};

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(argc > 1 ? atoi(argv[1]) : 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0
        || getsockname(listener, (struct sockaddr *)&address, &length) < 0) {
        perror("bind");
        return 1;
    }
    if (listen(listener, 15) < 0) {
        perror("listen");
        return 1;
    }
    xmlrpc_env_init(&env);
    memset(&parms, 0, sizeof parms);
    parms.registryP = xmlrpc_registry_new(&env);
    xmlrpc_registry_add_method3(&env, parms.registryP, &add_info);
    xmlrpc_registry_add_method3(&env, parms.registryP, &fail_info);
    parms.config_file_name = NULL;
    parms.socket_bound = 1;
    parms.socket_handle = listener;
    printf("ready http://127.0.0.1:%d/RPC2\n", ntohs(address.sin_port));
    fflush(stdout);
    xmlrpc_server_abyss(&env, &parms, XMLRPC_APSIZE(socket_handle));
    fprintf(stderr, "%s\n", env.fault_string);
    return 1;
}
