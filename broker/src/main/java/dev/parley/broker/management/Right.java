package dev.parley.broker.management;

/** What a user needs for a call, as in RabbitMQ: by the tags of the user, and for one by the permissions. */
enum Right {
    /** A tag that lets the user in at all. */
    MANAGEMENT,
    /** Any permissions in the virtual host that the path names. */
    VIRTUAL_HOST,
    /** To see what belongs to all users: the tag monitoring or administrator. */
    MONITORING,
    /** To keep policies and parameters, in virtual hosts with permissions: the tag policymaker or administrator. */
    POLICY_MAKER,
    /** The tag administrator. */
    ADMINISTRATOR
}
