"""upload.py FOLDER KEY [SSH-KEY]: have the image in FOLDER in Glance as `spillway-node`.

FOLDER holds disk.qcow2, kernel, initrd and command-line; KEY names their
content. When an image with this KEY is there, nothing is uploaded. Other
versions are removed. The cloud is `admin` of clouds.yaml (OS_CLIENT_CONFIG_FILE).
Prints one line.
"""
import sys

import openstack

NAME = "spillway-node"


def wanted(image, key, command_line):
    return (
        image.status == "active"
        and image.properties.get("spillway_key") == key
        and image.os_command_line == command_line
    )


def upload(cloud, name, path, disk_format, container_format, **properties):
    return cloud.create_image(
        name, filename=path, disk_format=disk_format, container_format=container_format,
        visibility="public", wait=True, validate_checksum=False, **properties)


def main(folder, key, ssh_key=None):
    with open(folder + "/command-line") as file:
        command_line = file.read().strip()
    if ssh_key:
        command_line += " spillway.ssh-key=" + ssh_key
    cloud = openstack.connect(cloud="admin")
    old = [image for image in cloud.image.images()
           if image.name in (NAME, NAME + "-kernel", NAME + "-ramdisk")]
    for image in old:
        if image.name == NAME and wanted(image, key, command_line):
            print("image %s %s is there" % (NAME, key))
            keep = {image.id, image.kernel_id, image.ramdisk_id}
            break
    else:
        kernel = upload(cloud, NAME + "-kernel", folder + "/kernel", "aki", "aki")
        ramdisk = upload(cloud, NAME + "-ramdisk", folder + "/initrd", "ari", "ari")
        image = upload(
            cloud, NAME, folder + "/disk.qcow2", "qcow2", "bare", min_disk=4, min_ram=512,
            kernel_id=kernel.id, ramdisk_id=ramdisk.id, os_command_line=command_line,
            # Without logind nobody in the guest hears the power button.
            os_shutdown_timeout="1", hw_rng_model="virtio", spillway_key=key)
        keep = {image.id, kernel.id, ramdisk.id}
        print("image %s %s uploaded" % (NAME, key))
    for image in old:
        if image.id not in keep:
            cloud.image.delete_image(image)


if __name__ == "__main__":
    main(*sys.argv[1:])
